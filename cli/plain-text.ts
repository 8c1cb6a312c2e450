/** Text from a cluster, fit for a terminal: an app's error or a client's path must not move the cursor. */
export const plainText = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ')
