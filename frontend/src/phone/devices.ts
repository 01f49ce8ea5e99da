// Microphone and loudspeaker: which there are, which is chosen, and the microphone opened as speech wants it.

const CHOSEN = { microphone: "yuqiao-microphone", speaker: "yuqiao-speaker" } as const;
export type Kind = keyof typeof CHOSEN;

export interface Device {
  id: string;
  name: string;
}

/** Names are known to the browser only after the microphone was allowed once. */
export async function devices(kind: Kind): Promise<Device[]> {
  const wanted = kind === "microphone" ? "audioinput" : "audiooutput";
  const all = await navigator.mediaDevices.enumerateDevices();
  return all.filter((one) => one.kind === wanted).map((one) => ({ id: one.deviceId, name: one.label }));
}

export function chosen(kind: Kind): string {
  return localStorage.getItem(CHOSEN[kind]) ?? "";
}

export function choose(kind: Kind, id: string): void {
  if (id) localStorage.setItem(CHOSEN[kind], id);
  else localStorage.removeItem(CHOSEN[kind]);
}

/** Opens the chosen microphone; another one where the chosen one is gone, since a call matters more than a choice. */
export function microphone(): Promise<MediaStream> {
  const id = chosen("microphone");
  return navigator.mediaDevices.getUserMedia({
    audio: {
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
      channelCount: 1,
      ...(id && { deviceId: { ideal: id } }),
    },
    video: false,
  });
}

/** Plays on the chosen loudspeaker; on the ordinary one where it is gone or browsers do not choose (Firefox, Safari). */
export async function onSpeaker(audio: HTMLMediaElement): Promise<void> {
  if (!("setSinkId" in audio)) return;
  await audio.setSinkId(chosen("speaker")).catch(() => audio.setSinkId(""));
}

export function close(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
