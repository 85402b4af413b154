import { showProblem, showToast } from "../state/toasts";
import { embedCode } from "./frame";

/** Put the HTML that shows an address in another page into the clipboard, and say so. */
export async function copyEmbedCode(address: string, height: number): Promise<void> {
  try {
    await navigator.clipboard.writeText(embedCode(address, height));
    showToast("The HTML is in the clipboard.");
  } catch (error) {
    showProblem("The browser did not let the HTML into the clipboard.", error);
  }
}
