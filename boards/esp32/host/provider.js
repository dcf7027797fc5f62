// SPDX-License-Identifier: MIT
import Analog from "embedded:io/analog";
import Digital from "embedded:io/digital";
import I2C from "embedded:io/i2c";
import PWM from "embedded:io/pwm";
import SMBus from "embedded:io/smbus";

/** What an ESP32 DevKit has, and where, as ECMA-419 §17 lists it. */
export default {
	I2C: { default: { io: I2C, data: 21, clock: 22 } },
	Analog: { default: { io: Analog, pin: 33 } },
	io: { Analog, Digital, I2C, PWM, SMBus },
	pin: { button: 0, led: 2 },
};
