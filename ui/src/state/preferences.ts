// Small choices that are the reader's, not the view's, kept in this browser. No browser is obliged to keep them.

const PREFIX = "stripchart.";

export function readPreference<T>(key: string, fallback: T): T {
  try {
    const text = localStorage.getItem(PREFIX + key);
    return text === null ? fallback : (JSON.parse(text) as T);
  } catch {
    return fallback;
  }
}

export function writePreference(key: string, value: unknown): void {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(value));
  } catch {
    // Full or forbidden storage: the choice holds until the page is left.
  }
}
