<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * Something that was given cannot be used: a setting, an argument, a header of an action, the key of a server.
 *
 * Thrown before anything is done with it; nothing is changed then. The usual cause is a typing error or a value of
 * another unit.
 */
class InvalidConfigurationException extends \InvalidArgumentException implements AmiException
{
    private string $key = '';

    private mixed $value = null;

    private ?string $suggestion = null;

    /**
     * What was given: the name of an argument or of a header, or the path of a setting, such as `servers.pbx1.port`.
     *
     * Empty where made from PHP.
     */
    public function key(): string
    {
        return $this->key;
    }

    /**
     * The value as it was given; of an object or an array that may hold a secret only its type, and `***` for a secret.
     *
     * Null also where the value is not known any more, and where the exception was made from PHP.
     */
    public function value(): mixed
    {
        return $this->value;
    }

    /** What was probably meant: a name or a value; null where nothing comes close. */
    public function suggestion(): ?string
    {
        return $this->suggestion;
    }
}
