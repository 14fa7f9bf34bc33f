/**
 * The run folder: what a training leaves behind, written so that nothing already saved is lost and
 * no damaged byte is taken for a number.
 *
 * <p>Reading order: {@link org.plumbline.run.Storage}, the few operations all state goes through;
 * {@link org.plumbline.run.Durable}, the one recipe by which a file is written; {@link
 * org.plumbline.run.Safetensors} with {@link org.plumbline.run.Entry} and {@link
 * org.plumbline.run.SafetensorsFile}, named tensors as bytes; {@link
 * org.plumbline.run.Checkpoints}, the state after a step and the manifest that commits it; {@link
 * org.plumbline.run.Event} and {@link org.plumbline.run.Events}, the log; {@link
 * org.plumbline.run.Provenance}; and {@link org.plumbline.run.RunFolder}, which puts them together
 * and is what a trainer calls. Nothing here knows libtorch.
 *
 * <p>To add an event, add a record to {@code Event}, its two cases to {@code EventJson} and a line
 * to {@code docs/run-folder.md}. To add a file, write it with {@link
 * org.plumbline.run.RunFolder#write(String, String)}.
 */
@NullMarked
package org.plumbline.run;

import org.jspecify.annotations.NullMarked;
