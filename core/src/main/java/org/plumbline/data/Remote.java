package org.plumbline.data;

import java.net.URI;

/**
 * A published file as it must be.
 *
 * @param file its name
 * @param sha256 of its bytes, hexadecimal
 * @param bytes its length
 * @param from where it is published
 */
record Remote(String file, String sha256, long bytes, URI from) {}
