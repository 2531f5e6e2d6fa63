// An HL7 client and server of simple-hl7: `simple_hl7.cjs send HOST PORT` and `simple_hl7.cjs receive`.
// One line is one message in base64: what to send on stdin, what came on stdout.
"use strict";
const { readFileSync } = require("node:fs");
const hl7 = require("simple-hl7");
const { line, lines, onlyHere } = require("./lines.cjs");

function send(host, port) {
  const waiting = lines(readFileSync(0, "utf8"));
  const parser = new hl7.Parser({ segmentSeperator: "\r" });
  const client = hl7.Server.createTcpClient({ host, port, keepalive: true });
  const next = () => {
    const text = waiting.shift();
    if (!text) return client.close();
    // It takes the next message only after it is through with the answer.
    client.send(parser.parse(text), (error, answer) => {
      if (error) throw error;
      line(answer.toString());
      setImmediate(next);
    });
  };
  next();
}

function receive() {
  const app = hl7.tcp();
  app.use((request, response, _next) => {
    line(request.raw.slice(1, -2));
    response.end();
  });
  onlyHere();
  app.start(0);
  app.server.server.on("listening", () => console.log("port", app.server.server.address().port));
}

const [what, host, port] = process.argv.slice(2);
if (what === "send") send(host, Number(port));
else receive();
