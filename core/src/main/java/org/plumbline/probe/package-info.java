/**
 * Measurements that change nothing. Probes may use back-propagation; training paths may not.
 *
 * <p>Read {@link org.plumbline.probe.Probe}, then {@link org.plumbline.probe.Alignment}. To add a
 * probe, write a record that implements it and add a line to {@link org.plumbline.probe.Probes}.
 */
@NullMarked
package org.plumbline.probe;

import org.jspecify.annotations.NullMarked;
