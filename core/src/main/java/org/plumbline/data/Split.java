package org.plumbline.data;

/**
 * Rows to learn from and rows to judge by; no row is in both.
 *
 * @param train what the network sees
 * @param test what it is judged by, of the same shape and classes
 */
public record Split(Dataset train, Dataset test) {}
