// The app for Watt, which calls create and listens itself.
export { default as create } from './app.mjs'
