package org.plumbline.tensor;

import org.bytedeco.pytorch.global.torch;

/** Where tensors live and operations run. */
public enum Device {
  /** Main memory and the processor's cores. */
  CPU,
  /** The first CUDA card; needs the profile {@code cuda} of the build, which is not tested. */
  CUDA;

  /**
   * Requires that this machine and this build have the device.
   *
   * @return this device
   * @throws Unavailable with one line
   */
  public Device check() {
    Libtorch.load();
    if (this == CUDA && !torch.cuda_is_available()) {
      throw new Unavailable(
          "device cuda: "
              + (torch.hasCUDA()
                  ? "this build has CUDA, but no card or driver was found"
                  : "this build of libtorch has no CUDA (mvn -Pcuda makes one that has, untested)")
              + "; use --device cpu");
    }
    return this;
  }

  org.bytedeco.pytorch.Device libtorch() {
    return new org.bytedeco.pytorch.Device(
        switch (this) {
          case CPU -> torch.DeviceType.CPU;
          case CUDA -> torch.DeviceType.CUDA;
        });
  }
}
