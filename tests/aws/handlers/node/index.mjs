// The tests' handler for aws-lambda-ric: does what its event says, as handlers/python/index.py.

import { appendFileSync, readFileSync } from 'node:fs';

class NoSuchFrame extends Error {
  constructor(message) {
    super(message);
    this.name = 'NoSuchFrame';
  }
}

if (process.env.FAIL_INIT) throw new NoSuchFrame(process.env.FAIL_INIT);

// How often this job has been tried, this time included.
function attempts(event) {
  appendFileSync(event.count, 'x');
  return readFileSync(event.count).length;
}

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
  if ('count' in event) {
    const attempt = attempts(event);
    if (attempt <= (event.fails ?? 0)) throw new NoSuchFrame(`attempt ${attempt}`);
    if (attempt > (event.dies ?? 0)) return attempt;
  }
  if ('kill' in event || 'dies' in event) process.kill(process.pid, 'SIGKILL');
  return event;
}
