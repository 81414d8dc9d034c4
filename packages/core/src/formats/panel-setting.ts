/** Whether a text can stand in an address of the viewer's page: printable, of 1 to 200 characters. */
export const isAddressText = (text: string): boolean => /^[\p{L}\p{N}\p{P}\p{S} ]{1,200}$/u.test(text);

/** Why a panel of a plugin cannot keep a setting in the page's address; `undefined` where it can. */
export function panelSettingProblem(name: string, text: unknown): string | undefined {
  if (/^[\w-]{1,40}$/.test(name) && typeof text === 'string' && isAddressText(text)) return undefined;
  return `setting '${name}' needs a name of letters, digits, _ and -, and a printable text of 1 to 200 characters`;
}
