// The tests' handler for aws-lambda-ric: does what its event says, as handlers/python/index.py.

class NoSuchFrame extends Error {
  constructor(message) {
    super(message);
    this.name = 'NoSuchFrame';
  }
}

if (process.env.FAIL_INIT) throw new NoSuchFrame(process.env.FAIL_INIT);

export async function handler(event, context) {
  if ('pause_ms' in event) await new Promise((resolve) => setTimeout(resolve, event.pause_ms));
  if ('number' in event) return event.number ** 2;
  if ('context' in event) {
    return {
      request_id: context.awsRequestId,
      arn: context.invokedFunctionArn,
      trace_id: process.env._X_AMZN_TRACE_ID,
      remaining_ms: context.getRemainingTimeInMillis(),
    };
  }
  if ('say' in event) {
    process.stdout.write(`${event.say}\n`);
    return process.pid;
  }
  if ('raise' in event) throw new NoSuchFrame(event.raise);
  if ('kill' in event) process.kill(process.pid, 'SIGKILL');
  return event;
}
