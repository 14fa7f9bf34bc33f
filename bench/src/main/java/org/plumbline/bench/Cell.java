package org.plumbline.bench;

/**
 * One place in the table, where contenders are timed against each other.
 *
 * @param workload network and batch
 * @param method the optimizer
 * @param format of the products
 */
record Cell(Workload workload, Method method, Format format) {
  @Override
  public String toString() {
    return "%s %s %s".formatted(workload, method.word(), format.word());
  }
}
