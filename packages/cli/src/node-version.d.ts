/** Says so and sets the exit status of a wrong configuration (78) where the running Node is too old. */
export function refuseOldNode(version: string): boolean;
