// An HL7 client and server of @medplum/hl7: `medplum.cjs send HOST PORT CONNECTIONS` and `medplum.cjs receive`.
// One line is one message in base64: what to send on stdin, what came on stdout.
"use strict";
const { readFileSync } = require("node:fs");
const { Hl7Client, Hl7Server } = require("@medplum/hl7");
const { Hl7Message } = require("@medplum/core");
const { line, lines, onlyHere } = require("./lines.cjs");

async function send(host, port, connections) {
  const waiting = lines(readFileSync(0, "utf8"));
  const work = async () => {
    const client = new Hl7Client({ host, port });
    for (let text = waiting.shift(); text; text = waiting.shift()) {
      const answer = await client.sendAndWait(Hl7Message.parse(text), { timeoutMs: 20000 });
      line(answer.toString());
    }
    await client.close();
  };
  await Promise.all(Array.from({ length: connections }, work));
}

async function receive() {
  const server = new Hl7Server((connection) =>
    connection.addEventListener("message", ({ message }) => {
      line(message.toString());
      connection.send(message.buildAck());
    }),
  );
  onlyHere();
  await server.start(0);
  console.log("port", server.server.address().port);
}

const [what, host, port, connections] = process.argv.slice(2);
// Its timers of answered messages would keep the process until they ring.
if (what === "send") send(host, Number(port), Number(connections)).then(() => process.exit());
else receive();
