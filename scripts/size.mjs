// Weighs what a browser loads before the hearing room works, and what it loads more when the video link is turned on:
// script, WebAssembly and style sheet, compressed with brotli as the server sends them. Fails above a limit. The other
// pages are weighed for the reader.

import { statSync } from "node:fs";
import { join } from "node:path";

const ROOM_BYTES_MAX = 350_000;
const LINK_BYTES_MAX = 58_000;

const folder = process.argv[2] ?? "target/site";
const weigh = (names) => {
  let total = 0;
  for (const name of names) {
    const [whole, packed] = [name, `${name}.br`].map((file) => statSync(join(folder, file)).size);
    total += packed;
    console.log(`      ${name}: ${whole} → ${packed} B brotli`);
  }
  return total;
};
const entry = (name) => ["js", "wasm", "css"].map((kind) => `pkg/${name}.${kind}`);

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
console.log(`      设备检测合计 / the equipment check: ${kilobytes(weigh(["start.js", ...entry("check")]))}`);
console.log(`      其他页面合计 / other pages: ${kilobytes(weigh(["start.js", ...entry("pages")]))}`);
const room = weigh(["start.js", ...entry("room")]);
console.log(`      听证室合计 / the room: ${kilobytes(room)}，上限 / limit: ${kilobytes(ROOM_BYTES_MAX)}`);
const link = weigh(entry("link"));
console.log(`      视频连线另加 / the video link besides: ${kilobytes(link)}，上限 / limit: ${kilobytes(LINK_BYTES_MAX)}`);
process.exit(room > ROOM_BYTES_MAX || link > LINK_BYTES_MAX ? 1 : 0);
