<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Config;

use Illuminate\Contracts\Config\Repository;

/** Reads the configuration again where it has changed, as a test or a request under Octane may do. */
final class ConfigReader
{
    private ?AmiConfig $read = null;

    /** @var \SensitiveParameterValue<mixed>|null */
    private ?\SensitiveParameterValue $readFrom = null;

    /** @throws InvalidSettingException */
    public function read(Repository $config): AmiConfig
    {
        $settings = $config->get(AmiConfig::KEY);
        // The same array is found to be so at once.
        if ($this->read === null || $settings !== $this->readFrom?->getValue()) {
            [$this->read, $this->readFrom] = [AmiConfig::fromArray($settings), new \SensitiveParameterValue($settings)];
        }

        return $this->read;
    }
}
