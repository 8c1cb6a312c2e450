import { userInfo } from 'node:os'

/** Where a system proxy listens, and what is behind it. */
export interface ProxyPlace {
  readonly port: number
  /** Unix sockets of the app, one for each process that serves it. */
  readonly sockets: readonly string[]
  /** How it chooses among them, in its own words; round-robin unless told. */
  readonly balance?: string
}

/**
 * One worker that keeps its connections to the app and streams bodies both ways, as evenloop does: spooling an upload to
 * disk first, nginx's default, would only make it dearer.
 */
export const nginxConfig = ({ port, sockets, balance }: ProxyPlace): string => `
# Started by root it would else become another user, who may not use the app's socket.
user ${userInfo().username};
worker_processes 1;
worker_rlimit_nofile 20000;
error_log stderr error;
pid nginx.pid;
events { worker_connections 16384; }
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  # The default closes a connection after 1,000 requests, which other contestants do not.
  keepalive_requests 1000000000;
  keepalive_timeout 600s;
  client_max_body_size 0;
  proxy_request_buffering off;
  proxy_max_temp_file_size 0;
  upstream app {
    ${balance === undefined ? '' : `${balance};`}
    ${sockets.map((socket) => `server unix:${socket};`).join('\n    ')}
    keepalive 1024;
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / {
      proxy_pass http://app;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }
  }
}
`

/** One thread, as many connections as files may be open; those to the app are kept and shared. */
export const haproxyConfig = ({ port, sockets, balance }: ProxyPlace): string => `
global
  nbthread 1
defaults
  mode http
  timeout connect 10s
  timeout client 600s
  timeout server 600s
  timeout http-keep-alive 600s
  http-reuse always
frontend front
  bind 127.0.0.1:${port} backlog 4096
  default_backend app
backend app
  balance ${balance ?? 'roundrobin'}
  ${sockets.map((socket, index) => `server app${index} unix@${socket}`).join('\n  ')}
`
