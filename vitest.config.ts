import { configDefaults, defineConfig } from 'vitest/config'

// A file that the counts are also written to, for a script to read.
const report = process.env['TEST_REPORT']

// What these prove does not hang on the line of Node: what other programs read, ask or serve (browsers, Prometheus, k6, Python's servers,
// the benchmark's rivals), what the supervisor and the balancer decide, what is written into files, and loads that take long.
const once = [
  'test/{access-log,admin-events,advise,advise-page,alone-restart,autoscale,bench,bench-mixed,compare,console-live,console-page}.test.ts',
  'test/{dashboards,dashboards-live,explain,head-scanner-peers,hung-loops,isolation,k6,k6-command,metrics-*}.test.ts',
  'test/{overload,prometheus-rules,python-*,rate-limit,real-programs,report-page,supervisor}.test.ts',
]

// These start whole clusters on a machine of few cores: one file at a time, so that load in one file is not a stall in another.
const wholeClusters = { fileParallelism: false, testTimeout: 60_000, hookTimeout: 60_000 }

export default defineConfig({
  test: {
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    projects: [
      {
        test: { name: 'unit', include: ['{core,config,link,proxy,loop-node,supervisor,console,cli,lab,load,bench,scripts}/**/*.test.ts'] },
      },
      // The packages in test/programs/node_modules have tests of their own.
      {
        test: {
          name: 'cluster',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...once],
          ...wholeClusters,
          sequence: { groupOrder: 1 },
        },
      },
      { test: { name: 'once', include: once, ...wholeClusters, sequence: { groupOrder: 2 } } },
    ],
  },
})
