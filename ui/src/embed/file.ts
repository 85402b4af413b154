// Start the page in a file without a server: unpack its data, and have it answer what would go to one.

import { API } from "../api/client";
import { address } from "../state/address";
import { Answers, bytesOf, type FileData } from "./answers";
import { liveInFile } from "./frame";

/** Take in the data of a file, which stands in an element that the page of a server does not have. */
export async function startFile(element: HTMLElement): Promise<void> {
  const plain = new Blob([bytesOf(element.textContent ?? "")]).stream().pipeThrough(new DecompressionStream("gzip"));
  const data = (await new Response(plain).json()) as FileData;
  element.remove();
  const answers = new Answers(data);
  const ask = window.fetch.bind(window);
  window.fetch = async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    init?.signal?.throwIfAborted();
    return url.startsWith(`${API}/`) ? answers.answer(url, init) : ask(input, init);
  };
  window.EventSource = Silence as unknown as typeof EventSource;
  const { made_us: madeUs, version, columns, points_held: pointsHeld, points_of: pointsOf, left_out: leftOut } = data;
  liveInFile({ start: address.task(data.task), madeUs, version, columns, pointsHeld, pointsOf, leftOut });
}

/** Nothing happens in a file. */
class Silence extends EventTarget {
  onopen: unknown = null;
  onerror: unknown = null;
  readonly readyState = 1;
  close(): void {}
}
