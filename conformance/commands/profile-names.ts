/** The sets of limits that `serve` knows: the usual ones, and those that a tester reaches in seconds. */
export const profileNames = ['default', 'low-limits'] as const
