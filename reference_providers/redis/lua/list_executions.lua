-- instance
return {'ok', call('ZRANGE', key('executions', take()), 0, -1)}
