-- instance
return {'ok', unpack(call('HMGET', key('instance', take()), 'custom', 'custom_version'))}
