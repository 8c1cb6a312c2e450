-- Header fields come by wrk's own -H. After "--": the number of bytes to POST, or nothing to GET.
function init(arguments)
  if arguments[1] then
    wrk.method = "POST"
    wrk.body = string.rep("x", tonumber(arguments[1]))
  end
end

function done(summary)
  local errors = summary.errors
  io.write(string.format(
    '\nRESULT {"requests":%d,"microseconds":%d,"failed":{"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d}}\n',
    summary.requests, summary.duration, errors.connect, errors.read, errors.write, errors.status, errors.timeout))
end
