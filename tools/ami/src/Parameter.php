<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tools\Ami;

/** A parameter of an action as PHP has it: its type, and how it becomes headers. */
final readonly class Parameter
{
    /** Kinds of the tables that are lists or maps: their phpdoc. Where nothing is given, they are empty. */
    private const array ARRAYS = [
        'names' => 'list<string>|string',
        'variables' => 'array<string, string|int|float|bool>',
        'headers' => 'array<string, string|int|float|bool|list<string|int|float|bool>>',
        'indexed' => 'list<int>',
        'changes' => 'list<ConfigChange>',
    ];

    /**
     * @param list<string> $values the documented ones
     */
    public function __construct(
        public string $header,
        public string $argument,
        public string $kind,
        public string $says,
        public bool $required,
        private array $values,
        private string|bool|null $default,
    ) {}

    public function isSecret(): bool
    {
        return $this->kind === 'secret';
    }

    /** Whether no dump shows it: a secret, or what may be one, as a variable of the dialplan may. */
    public function isHidden(): bool
    {
        return \in_array($this->kind, ['secret', 'value', 'variables'], true);
    }

    /** The property that hides it. */
    public function hidingProperty(): string
    {
        return 'private ' . ($this->isSecret() ? '?\SensitiveParameterValue' : 'HiddenValue') . " \$$this->argument;";
    }

    /** How the property gets its value. */
    public function hidingValue(): string
    {
        return "\$this->$this->argument = " . ($this->isSecret() ? "self::hidden(\$$this->argument)" : "new HiddenValue(\$$this->argument)") . ';';
    }

    /** Whether it stands for whatever headers the application has. */
    public function isMore(): bool
    {
        return $this->kind === 'headers';
    }

    /** The line of the constructor, which is the property as well unless that hides a secret. */
    public function promoted(): string
    {
        $attribute = $this->isHidden() ? "#[\\SensitiveParameter]\n        " : '';
        $visibility = $this->isHidden() ? '' : 'public ';
        $default = $this->required ? '' : ' = ' . match (true) {
            $this->default !== null => var_export($this->default, true),
            $this->isArray() => '[]',
            default => 'null',
        };

        return "$attribute$visibility{$this->type()} \$$this->argument$default,";
    }

    /** What the class's docblock says. */
    public function documented(): string
    {
        return "@param {$this->documentedType()} \$$this->argument $this->says";
    }

    /** The elements of the array of headers. */
    public function rendered(): string
    {
        $value = "\$this->$this->argument";
        $name = var_export($this->header, true);

        return match ($this->kind) {
            'on' => "$name => self::on($value),",
            'yes' => "$name => self::yes($value),",
            'names' => "$name => self::names($value),",
            'mask' => "$name => self::mask($value),",
            'variables' => "$name => self::variables({$value}->array()),",
            'indexed' => '...self::indexed(' . var_export(strstr($this->header, '(', true), true) . ", $value),",
            'changes' => "...ConfigChange::headers($value),",
            'secret' => "$name => self::shown($value),",
            'value' => "$name => {$value}->string(),",
            default => "$name => $value,",
        };
    }

    private function isArray(): bool
    {
        return isset(self::ARRAYS[$this->kind]);
    }

    private function type(): string
    {
        $type = match ($this->kind) {
            'milliseconds', 'seconds' => 'int',
            'on', 'yes' => 'bool',
            'names' => 'array|string',
            'mask' => 'array|bool|string',
            'open', 'secret', 'value' => 'string',
            'variables', 'headers', 'indexed', 'changes' => 'array',
            default => $this->kind,
        };

        return match (true) {
            !$this->isNullable() => $type,
            str_contains($type, '|') => "$type|null",
            default => "?$type",
        };
    }

    private function documentedType(): string
    {
        $type = match (true) {
            $this->isArray() => self::ARRAYS[$this->kind],
            $this->kind === 'mask' => 'bool|list<string>|string',
            $this->kind === 'string' && $this->values !== [] => implode('|', array_map(
                static fn(string $value): string => var_export($value, true),
                $this->values,
            )),
            default => ltrim($this->type(), '?'),
        };

        return $this->isNullable() && !str_ends_with($type, '|null') ? "$type|null" : $type;
    }

    private function isNullable(): bool
    {
        return !$this->required && !$this->isArray() && $this->default === null;
    }
}
