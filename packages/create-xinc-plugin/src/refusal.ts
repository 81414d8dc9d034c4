/** Something that the user gave and that cannot be used; its message is one line that says what to do. */
export class Refusal extends Error {}
