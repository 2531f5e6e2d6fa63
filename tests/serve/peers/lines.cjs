// What the Node peers share: messages as lines of base64, and servers that listen on this machine only.
"use strict";
const net = require("node:net");

exports.line = (text) => console.log(Buffer.from(text, "utf8").toString("base64"));
exports.lines = (text) =>
  text
    .split("\n")
    .filter((one) => one)
    .map((one) => Buffer.from(one, "base64").toString("utf8"));

// Neither library lets its caller say where to listen.
exports.onlyHere = () => {
  const listen = net.Server.prototype.listen;
  net.Server.prototype.listen = function (port, ...rest) {
    return listen.call(this, { port, host: "127.0.0.1" }, ...rest.filter((one) => typeof one === "function"));
  };
};
