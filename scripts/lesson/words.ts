import type { ModelName } from '../../lab/compare/comparison.ts'

export type Language = 'en' | 'es'
export const languages: readonly Language[] = ['en', 'es']

/** What the tables of the lesson say, in one language. */
export interface Words {
  readonly models: Readonly<Record<ModelName, string>>
  readonly columns: Readonly<Record<Column, string>>
  /** A model that is offered more than it can do has no latency that means anything. */
  readonly overloaded: string
  readonly routesAt: (workload: string, rate: string) => string
  readonly costAt: (workload: string, rate: string) => string
  readonly queueOf: (workload: string, model: string) => string
  readonly capacities: string
  readonly measured: (workload: string, system: string, budget: string) => string
  readonly workers: (count: number) => string
  readonly cpus: (count: number) => string
  readonly memory: (mebibytes: string) => string
  readonly missing: (workload: string, command: string) => string
  readonly picture: string
}

type Column =
  | 'model'
  | 'workers'
  | 'memory'
  | 'cpu'
  | 'voluntary'
  | 'involuntary'
  | 'workload'
  | 'best'
  | 'capacity'
  | 'againstLeast'
  | 'p99'
  | 'offered'
  | 'answered'
  | 'queueP50'
  | 'queueP99'
  | 'otherP99'
  | 'busy'
  | 'mustWait'
  | 'meanWait'
  | 'waitP99'
  | 'ownQueues'
  | 'waits'
  | 'computes'
  | 'waiting'
  | 'perCore'
  | 'throughput'
  | 'perWorker'

export const words: Readonly<Record<Language, Words>> = {
  en: {
    models: {
      'sync-processes': 'sync, processes',
      'sync-threads': 'sync, threads',
      'sync-both': 'sync, processes × threads',
      async: 'async, one loop',
      hybrid: 'hybrid',
      'hybrid-isolation': 'hybrid with isolation',
      'hybrid-pool': 'hybrid with a pool',
    },
    columns: {
      model: 'model',
      workers: 'workers',
      memory: 'memory, MiB',
      cpu: 'CPU, µs a request',
      voluntary: 'voluntary switches a request',
      involuntary: 'involuntary switches a request',
      workload: 'workload',
      best: 'fits best',
      capacity: 'requests/s',
      againstLeast: '× the least',
      p99: 'p99, ms',
      offered: 'offered, requests/s',
      answered: 'answered, requests/s',
      queueP50: 'wait for a worker p50, ms',
      queueP99: 'wait for a worker p99, ms',
      otherP99: 'p99 of the hybrid, ms',
      busy: 'busy, %',
      mustWait: 'must wait, %',
      meanWait: 'mean wait, ms',
      waitP99: 'p99 of the wait, ms',
      ownQueues: 'with a queue each, ms',
      waits: 'waits, ms',
      computes: 'computes, ms',
      waiting: 'waiting, %',
      perCore: 'requests that fill one core',
      throughput: 'throughput, × one worker',
      perWorker: 'each worker does, %',
    },
    overloaded: 'overloaded',
    routesAt: (workload, rate) => `p99 of each route in ms, workload \`${workload}\` at ${rate} requests a second:`,
    costAt: (workload, rate) => `What a request costs, workload \`${workload}\` at ${rate} requests a second:`,
    queueOf: (workload, model) => `Workload \`${workload}\`, ${model}, with more and more requests:`,
    capacities: 'The most requests a second that each model kept up:',
    measured: (workload, system, budget) => `- \`${workload}\`: ${system}, ${budget}`,
    workers: (count) => `${count} workers for each model`,
    cpus: (count) => `${count} CPU${count === 1 ? '' : 's'}`,
    memory: (mebibytes) => `${mebibytes} MiB for each model`,
    missing: (workload, command) => `- \`${workload}\`: not measured yet; \`${command}\``,
    picture: 'The console: workers that live for hours, and the short tasks that each of them holds',
  },
  es: {
    models: {
      'sync-processes': 'síncrono, procesos',
      'sync-threads': 'síncrono, hilos',
      'sync-both': 'síncrono, procesos × hilos',
      async: 'asíncrono, un bucle',
      hybrid: 'híbrido',
      'hybrid-isolation': 'híbrido con aislamiento',
      'hybrid-pool': 'híbrido con trabajadores aparte',
    },
    columns: {
      model: 'modelo',
      workers: 'trabajadores',
      memory: 'memoria, MiB',
      cpu: 'CPU, µs por petición',
      voluntary: 'cambios voluntarios por petición',
      involuntary: 'cambios involuntarios por petición',
      workload: 'carga',
      best: 'el más adecuado',
      capacity: 'peticiones/s',
      againstLeast: '× el peor',
      p99: 'p99, ms',
      offered: 'ofrecidas, peticiones/s',
      answered: 'respondidas, peticiones/s',
      queueP50: 'espera a un trabajador p50, ms',
      queueP99: 'espera a un trabajador p99, ms',
      otherP99: 'p99 del híbrido, ms',
      busy: 'ocupados, %',
      mustWait: 'tienen que esperar, %',
      meanWait: 'espera media, ms',
      waitP99: 'p99 de la espera, ms',
      ownQueues: 'con una cola cada uno, ms',
      waits: 'espera, ms',
      computes: 'calcula, ms',
      waiting: 'esperando, %',
      perCore: 'peticiones que llenan un núcleo',
      throughput: 'rendimiento, × un trabajador',
      perWorker: 'cada trabajador rinde, %',
    },
    overloaded: 'desbordado',
    routesAt: (workload, rate) => `p99 de cada ruta en ms, carga \`${workload}\` a ${rate} peticiones por segundo:`,
    costAt: (workload, rate) => `Lo que cuesta una petición, carga \`${workload}\` a ${rate} peticiones por segundo:`,
    queueOf: (workload, model) => `Carga \`${workload}\`, ${model}, con cada vez más peticiones:`,
    capacities: 'El máximo de peticiones por segundo que sostuvo cada modelo:',
    measured: (workload, system, budget) => `- \`${workload}\`: ${system}, ${budget}`,
    workers: (count) => `${count} trabajadores para cada modelo`,
    cpus: (count) => `${count} CPU`,
    memory: (mebibytes) => `${mebibytes} MiB para cada modelo`,
    missing: (workload, command) => `- \`${workload}\`: sin medir todavía; \`${command}\``,
    picture: 'La consola: trabajadores que viven horas y las tareas breves que atiende cada uno',
  },
}
