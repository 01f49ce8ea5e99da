// Which microphone and headphones, whether they work: a bar that moves, a sound, her own voice.

import { choose, chosen, close, devices, type Kind, microphone } from "../phone/devices";
import { Meter } from "../phone/levels";
import type { Softphone } from "../softphone";
import type { Bell } from "./ringing";

const HEAR_MS = 3000;
const METER_MS = 80;

async function fill(select: HTMLSelectElement, kind: Kind): Promise<void> {
  const found = await devices(kind);
  const usual = select.options[0]!;
  const named = found.filter((one) => one.id && one.id !== "default" && one.id !== "communications");
  select.replaceChildren(usual, ...named.map((one) => new Option(one.name, one.id)));
  select.value = chosen(kind);
  if (select.selectedIndex < 0) select.value = "";
}

export function headset(phone: Softphone, bell: Bell): void {
  const box = document.getElementById("headset") as HTMLDetailsElement;
  const selects: Record<Kind, HTMLSelectElement> = {
    microphone: document.getElementById("microphone") as HTMLSelectElement,
    speaker: document.getElementById("speaker") as HTMLSelectElement,
  };
  const bar = document.getElementById("test-level") as HTMLMeterElement;
  let stream: MediaStream | null = null;
  let meter: Meter | null = null;
  let timer: ReturnType<typeof setInterval> | undefined;

  const refill = () => Promise.all([fill(selects.microphone, "microphone"), fill(selects.speaker, "speaker")]);

  async function open(): Promise<void> {
    end();
    try {
      stream = await microphone();
    } catch {
      phone.problem = "microphone";
      phone.dispatchEvent(new Event("change"));
      return;
    }
    await refill();
    const context = new AudioContext();
    await context.resume();
    meter = new Meter(context);
    meter.listen(stream);
    timer = setInterval(() => (bar.value = meter?.level ?? 0), METER_MS);
  }

  function end(): void {
    clearInterval(timer);
    close(stream);
    stream = meter = null;
    bar.value = 0;
  }

  box.addEventListener("toggle", () => (box.open ? void open() : end()));
  navigator.mediaDevices?.addEventListener("devicechange", () => box.open && void refill());
  for (const kind of ["microphone", "speaker"] as const) {
    selects[kind].addEventListener("change", () => {
      choose(kind, selects[kind].value);
      void phone.useChosen();
      if (box.open) void open();
    });
  }
  document.getElementById("hear-tone")!.addEventListener("click", () => void bell.wake().then(() => bell.sound()));
  document.getElementById("hear-me")!.addEventListener("click", () => {
    if (stream) void hear(stream);
  });
}

/** Keeps three seconds of `stream` and plays them; nothing leaves the browser. */
async function hear(stream: MediaStream): Promise<void> {
  const says = document.getElementById("recording-me")!;
  const recorder = new MediaRecorder(stream);
  const parts: Blob[] = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const done = new Promise((resolve) => (recorder.onstop = resolve));
  says.hidden = false;
  recorder.start();
  setTimeout(() => recorder.stop(), HEAR_MS);
  await done;
  says.hidden = true;
  const context = new AudioContext();
  const sound = await context.decodeAudioData(await new Blob(parts).arrayBuffer());
  const source = context.createBufferSource();
  source.buffer = sound;
  source.connect(context.destination);
  source.onended = () => void context.close();
  source.start();
}
