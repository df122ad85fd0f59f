/** The peer of row `sse`: writes what its parent says to everyone who is connected, and nothing else. */
import { createServer, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

const clients = new Set<ServerResponse>()
const server = createServer((_, response) => {
  response.writeHead(200, { "content-type": "text/event-stream" }).write(": open\n\n")
  clients.add(response)
})
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port))
process.on("message", (text) => {
  for (const client of clients) client.write(String(text))
})
