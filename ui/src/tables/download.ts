// Handing a text to the reader as a file.

/** A file name of what was reported: whatever a file system may not like is a dash. */
export function fileName(name: string, extension: string): string {
  const clean = name
    .replace(/[^\p{L}\p{N}._ -]+/gu, "-")
    .replace(/^[.\s-]+/, "")
    .slice(0, 120)
    .trim();
  return `${clean || "stripchart"}.${extension}`;
}

export function downloadText(name: string, text: string, type: string): void {
  saveBlob(name, new Blob([text], { type }));
}

export function saveBlob(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken hold of the blob by the next turn.
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
