import { refuseExtra, refuseUnknown } from '../args.ts'
import { type Command, configFlag } from '../command.ts'
import { labArguments, runLab } from '../run-lab.ts'

export const compare: Command = {
  name: 'compare',
  usage: 'evenloop compare [APP] [--workload io|cpu|mixed|FILE.json] [flags]',
  summary: 'Measure sync workers, one event loop, and the hybrid on one workload, and say which fits it.',
  details:
    'Starts APP, or the demo, under each model in turn with the same number of workers or the same memory, offers all of them the same constant rates of requests until they do not keep up, and tells what they answered, how long that took and what it cost, with the reason in words. Nothing else should be busy on the machine meanwhile. Ctrl-C ends it and prints what there is.',
  examples: [
    ['evenloop compare --workload io', 'the demo, with requests that wait'],
    ['evenloop compare --quick --html compare.html', 'in about two minutes, with charts'],
    ['evenloop compare app.js --workload routes.json', '{"routes":[{"path":"/users/7","weight":9},…]}'],
    ['evenloop compare --budget memory=512MiB --models sync-threads,hybrid', 'two models in the same memory'],
  ],
  flags: [
    {
      name: '--workload',
      value: 'NAME|FILE',
      description:
        'What is asked for: io, cpu or mixed, which are routes of the demo, or a JSON file with routes and their weights. [mixed; GET / of an app of your own]',
    },
    {
      name: '--budget',
      value: 'workers=N|memory=SIZE',
      description: 'What every model gets the same of. [workers, two for each CPU, at least 4]',
    },
    {
      name: '--models',
      value: 'LIST',
      description:
        'Those to measure, among sync-processes, sync-threads, sync-both, async, hybrid, hybrid-isolation and hybrid-pool. [all]',
    },
    { name: '--seconds', value: 'N', description: 'How long each rate is kept up. [5, with --quick 2]' },
    { name: '--rates', value: 'LIST', description: 'Requests per second, for instance 100,200,400. [six, from what the models can take]' },
    { name: '--quick', description: 'Fewer rates and less time: the figures are rougher.' },
    { name: '--html', value: 'FILE', description: 'Write a page with charts.' },
    { name: '--json', value: 'FILE', valueIsOptional: true, description: 'Print JSON; --json=FILE writes it to a file beside the table.' },
    configFlag,
  ],
  async run(call) {
    refuseUnknown(call.args, this.flags, 'evenloop compare')
    refuseExtra(call.args.positionals, 1, this.usage)
    return await runLab('compare', labArguments(call.args, this.flags), call)
  },
}
