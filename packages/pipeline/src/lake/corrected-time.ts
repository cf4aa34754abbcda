/**
 * When an event happened by the server's clock. A batch carries the device's clock at sending, and the server notes
 * its own at receipt: their difference is the device's error plus the way of the batch (tens of milliseconds), and
 * is added to the device's time of the event. A device whose clock was set between the event and the sending gets
 * the error at sending; nothing is known before it happened, so that the result never lies after the receipt.
 *
 * All in milliseconds since 1970.
 */
export function correctedTime(event: number, sent: number, received: number): number {
  return Math.max(0, Math.min(received, event + (received - sent)));
}
