// Serves the page of all states under the strictest content security policy:
//   node overlay/testdata/serve.mjs 8123 [path of axe.min.js]
// then open http://127.0.0.1:8123/?theme=dark
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";

const [port, axe] = process.argv.slice(2);
const policy = "default-src 'none'; script-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'";
const demo = fileURLToPath(new URL("demo.html", import.meta.url));
const build = fileURLToPath(new URL("../../build", import.meta.url));

createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://localhost");
  const withAxe = searchParams.has("axe");
  try {
    const js = pathname.endsWith(".js") && !pathname.includes("..");
    let body = await readFile(pathname === "/axe.js" ? axe : js ? build + pathname : demo);
    if (!js && withAxe) body = String(body).replace("<script", '<script src="/axe.js"></script><script');
    response.setHeader("Content-Type", js ? "text/javascript" : "text/html; charset=utf-8");
    if (!withAxe) response.setHeader("Content-Security-Policy", policy);
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
}).listen(Number(port), "127.0.0.1");
