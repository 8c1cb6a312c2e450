-- Requests as a browser sends them: eleven header fields beside Host. The case is the argument after "--".
local headers = {
  ["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
  ["Accept"] = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
  ["Accept-Language"] = "en-GB,en;q=0.9,de;q=0.8",
  ["Accept-Encoding"] = "gzip, deflate, br, zstd",
  ["Referer"] = "http://127.0.0.1/a/page/before",
  ["Cookie"] = "session=0123456789abcdef0123456789abcdef; theme=dark; consent=1",
  ["Sec-CH-UA"] = "\"Chromium\";v=\"142\", \"Not A(Brand\";v=\"24\"",
  ["Sec-CH-UA-Platform"] = "\"Linux\"",
  ["Sec-Fetch-Dest"] = "document",
  ["Sec-Fetch-Mode"] = "navigate",
  ["Sec-Fetch-Site"] = "same-origin",
}

function init(arguments)
  wrk.headers = headers
  if arguments[1] == "post" then
    wrk.method = "POST"
    wrk.body = string.rep("x", 1024)
    headers["Content-Type"] = "application/octet-stream"
  end
  -- The table of our own has replaced wrk's, and the Host in it.
  wrk.headers["Host"] = wrk.host .. ":" .. wrk.port
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\nRESULT {"requests":%d,"microseconds":%d,"failed":%d,"p50Ms":%.3f,"p99Ms":%.3f}\n',
    summary.requests, summary.duration,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
