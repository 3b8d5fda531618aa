def list(event, context):
    return {"album": event["album"], "pictures": [f"{event['album']}/{number}" for number in range(event["count"])]}


def resize(event, context):
    return f"{event['picture']}@200"
