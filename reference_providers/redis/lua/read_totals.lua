local store = call('HMGET', key('store'), 'executions', 'events')
return {'ok', store[1], store[2], call('SCARD', key('status', '0')),
        call('SCARD', key('status', '1')), call('SCARD', key('status', '2')),
        call('SCARD', key('status', '3'))}
