import { refuseExtra, refuseUnknown } from '../args.ts'
import { clusterFlags, type Command } from '../command.ts'
import { labArguments, runLab } from '../run-lab.ts'

export const advise: Command = {
  name: 'advise',
  usage: 'evenloop advise [APP] [--workload io|cpu|mixed|FILE.json] [--rate N] [--p99 TIME] [flags]',
  summary: 'Say which model and how many workers a workload needs, and why.',
  details:
    'Starts APP, or the demo, and measures what the requests of each route ask for: computing, holding their worker, waiting. Measures what more workers bring, simulates every cluster that could do, recommends the cheapest of the best, and runs it to see whether it holds what was predicted. With --observe a running cluster is looked at instead, and nothing is started. Nothing else should be busy on the machine meanwhile.',
  examples: [
    ['evenloop advise app.js --workload routes.json', '{"routes":[{"path":"/users/7","weight":9},…]}'],
    ['evenloop advise app.js --rate 400 --p99 80ms --html advice.html', 'for a rate and a time, with charts'],
    ['evenloop advise --quick --workload io', 'the demo, in about a minute'],
    ['evenloop advise --observe --seconds 60', 'for what the running cluster is asked'],
  ],
  flags: [
    {
      name: '--workload',
      value: 'NAME|FILE',
      description:
        'What is asked for: io, cpu or mixed, which are routes of the demo, or a JSON file with routes and their weights. [mixed; GET / of an app of your own]',
    },
    {
      name: '--rate',
      value: 'N',
      description: 'Requests per second that are to be answered. [70 % of the most that was measured; what was observed]',
    },
    { name: '--p99', value: 'TIME', description: 'What 99 of 100 responses shall stay below, for instance 80ms. [as low as it gets]' },
    {
      name: '--seconds',
      value: 'N',
      description: 'How long the recommendation is run, or the running cluster observed. [10, with --quick 4]',
    },
    { name: '--quick', description: 'Less time for each measurement: the figures are rougher.' },
    { name: '--observe', description: 'Look at the running cluster instead of starting one.' },
    { name: '--html', value: 'FILE', description: 'Write a page with charts.' },
    { name: '--json', value: 'FILE', valueIsOptional: true, description: 'Print JSON; --json=FILE writes it to a file beside the text.' },
    ...clusterFlags,
  ],
  async run(call) {
    refuseUnknown(call.args, this.flags, 'evenloop advise')
    refuseExtra(call.args.positionals, 1, this.usage)
    return await runLab('advise', labArguments(call.args, this.flags), call)
  },
}
