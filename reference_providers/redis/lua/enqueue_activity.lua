-- activity
put_activity(take_activity())
return finish(OK)
