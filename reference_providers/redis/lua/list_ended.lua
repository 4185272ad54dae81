-- optional bound, 1 if also those without an end count when there is no bound
-- The candidates of bulk deletion and bulk pruning, the longest ended first.
local bound, takes_running = take_optional(), take() == '1'
if takes_running and not bound then
  return {'ok', call('SUNION', key('status', '0'), key('status', '1'), key('status', '2'),
                     key('status', '3'))}
end
return {'ok', call('ZRANGEBYSCORE', key('ended'), '-inf', bound and '(' .. bound or '+inf')}
