import { defineConfig } from 'vitest/config'

// A file that the counts are also written to, for a script to read.
const report = process.env['TEST_REPORT']

export default defineConfig({
  test: {
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    projects: [
      { test: { name: 'unit', include: ['{core,config,link,proxy,loop-node,supervisor,console,cli,lab,bench,scripts}/**/*.test.ts'] } },
      {
        test: {
          name: 'cluster',
          include: ['test/**/*.test.ts'],
          // These start whole clusters on a machine of few cores: one file at a time, so that load in one
          // file is not a stall in another.
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
