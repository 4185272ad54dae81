-- A script that only reads asks first for a write, of nothing: reads go to the primary (CAP_7), and
-- a replica refuses.
call('UNLINK', base)
