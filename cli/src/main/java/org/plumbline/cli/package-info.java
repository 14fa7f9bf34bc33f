/**
 * The command line, the only place that wires everything.
 *
 * <p>Read {@link org.plumbline.cli.Plumbline} first, then one {@link org.plumbline.cli.Command}:
 * {@link org.plumbline.cli.Train} is the one that matters. Results go to stdout, everything else to
 * stderr, both through {@link org.plumbline.cli.Console}; {@link org.plumbline.cli.Ending} turns
 * whatever was thrown into one line and an exit code. To add a command, write it and add it to
 * {@link org.plumbline.cli.Syntax}.
 */
@NullMarked
package org.plumbline.cli;

import org.jspecify.annotations.NullMarked;
