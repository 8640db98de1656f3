-- The requests of a question in turn, and what came of them as one line of JSON. wrk calls these functions.
local requests = {}
local number = 0

function init(args)
  local label = args[1]
  for at = 2, #args, 3 do
    requests[#requests + 1] = { method = args[at], path = args[at + 1], body = args[at + 2] }
  end
  function request()
    number = number + 1
    local asked = requests[(number - 1) % #requests + 1]
    if asked.body == '' then return wrk.format(asked.method, asked.path) end
    local body = asked.body:gsub('NUMBER', label .. '-' .. number)
    wrk.headers['content-type'] = 'application/json'
    return wrk.format(asked.method, asked.path, wrk.headers, body)
  end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('{"requests":%d,"perSecond":%f,"p50":%f,"p99":%f,"failed":%d}\n',
    summary.requests - errors.status, (summary.requests - errors.status) * 1e6 / summary.duration,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
