import { fileURLToPath } from 'node:url'

/** The folder of the package, whether this file is compiled or not. */
export const packageRoot = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../..' : '../../..', import.meta.url))

/** The program `evenloop`, and the app that is taken where none is given. */
export const evenloopProgram = `${packageRoot}dist/cli/main.js`
export const demoApp = `${packageRoot}examples/demo/app.js`
