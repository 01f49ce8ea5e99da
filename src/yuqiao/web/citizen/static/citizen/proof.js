/* A worker: tries number after number until PBKDF2 of it is what the task asks for (yuqiao/lib/proof_of_work.py). */

const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
const same = (one, other) => one.every((byte, at) => byte === other[at]);

async function solve(task) {
  const [, , rounds, most, salt, wanted] = task.split(".");
  const method = { name: "PBKDF2", hash: "SHA-256", salt: bytes(salt), iterations: Number(rounds) };
  const goal = bytes(wanted);
  const text = new TextEncoder();
  for (let number = 0; number < Number(most); number += 1) {
    const key = await crypto.subtle.importKey("raw", text.encode(String(number)), "PBKDF2", false, ["deriveBits"]);
    if (same(new Uint8Array(await crypto.subtle.deriveBits(method, key, 256)), goal)) return String(number);
  }
  throw new Error("the task has no answer");
}

self.addEventListener("message", async ({ data }) => {
  try {
    self.postMessage({ answer: await solve(data) });
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
});
