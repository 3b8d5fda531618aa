// Evaluates JSONata with its reference implementation, for an interpreter of state machines that brings none: each line of input is an
// expression as a JSON text, each line of output {"value": ...}, {} where the expression gives nothing, or {"error": TEXT}.
const jsonata = require("jsonata");
const readline = require("readline");

// The functions that Step Functions adds (https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html).
function prepared(text) {
  const expression = jsonata(text);
  expression.registerFunction("partition", (array, size) => {
    const parts = [];
    for (let i = 0; i < array.length; i += size) parts.push(array.slice(i, i + size));
    return parts;
  });
  expression.registerFunction("parse", (json) => JSON.parse(json));
  return expression;
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    let answer;
    try {
      answer = { value: await prepared(JSON.parse(line)).evaluate(undefined) };
    } catch (error) {
      answer = { error: String(error.message) };
    }
    console.log(JSON.stringify(answer));
  }
}

main();
