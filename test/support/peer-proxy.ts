import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import net, { type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { until } from './wait.ts'

/** A proxy of another make, in front of one upstream that it opens a connection to for each request. */
export interface PeerProxy {
  connect(): Promise<Socket>
  stop(): Promise<void>
}

export type PeerName = 'nginx' | 'haproxy'

// As near to the bytes as they can be set: nothing is dropped, merged or held back that they can be told to pass on.
const nginx = (folder: string, port: number): string => `
daemon off;
master_process off;
pid ${folder}/pid;
error_log stderr crit;
events { worker_connections 512; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  client_max_body_size 0;
  merge_slashes off;
  underscores_in_headers on;
  ignore_invalid_headers off;
  server {
    listen unix:${folder}/socket;
    location / {
      proxy_pass http://127.0.0.1:${port};
      proxy_http_version 1.1;
      proxy_request_buffering off;
      proxy_set_header Host $http_host;
      proxy_set_header Connection "";
    }
  }
}
`

const haproxy = (folder: string, port: number): string => `
global
  nbthread 1
defaults
  mode http
  timeout connect 5s
  timeout client 10s
  timeout server 10s
  option http-server-close
  http-reuse never
frontend clients
  bind unix@${folder}/socket
  default_backend upstreams
backend upstreams
  server upstream 127.0.0.1:${port}
`

/** Starts the program, which must be installed; it listens on a unix socket. */
export async function startPeerProxy(name: PeerName, upstreamPort: number): Promise<PeerProxy> {
  const folder = await mkdtemp(join(tmpdir(), 'evenloop-peer-'))
  const config = join(folder, 'config')
  await writeFile(config, { nginx, haproxy }[name](folder, upstreamPort))
  const args = name === 'nginx' ? ['-p', folder, '-c', config] : ['-db', '-f', config]
  const child = spawn(name, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (text: Buffer) => (said += text.toString()))
  const exited = once(child, 'exit')
  const connect = async (): Promise<Socket> => {
    const socket = net.connect({ path: join(folder, 'socket') })
    await once(socket, 'connect')
    return socket
  }
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exited
    await rm(folder, { recursive: true })
  }
  try {
    await until(`${name} listens`, async () => {
      if (child.exitCode !== null) throw new Error(said)
      return (await connect()).destroy()
    })
  } catch (error) {
    await stop()
    throw error
  }
  return { connect, stop }
}
