<?php

declare(strict_types=1);

namespace Apn\AmiClient\Actions;

/**
 * One change of UpdateConfig. A change takes up to seven of the 128 headers that an action may have.
 */
final readonly class ConfigChange
{
    private HiddenValue $value;

    private HiddenValue $match;

    private function __construct(
        private string $action,
        private string $category,
        private ?string $variable = null,
        #[\SensitiveParameter]
        ?string $value = null,
        #[\SensitiveParameter]
        ?string $match = null,
        private ?int $line = null,
        private ?string $options = null,
    ) {
        $this->value = new HiddenValue($value);
        $this->match = new HiddenValue($match);
    }

    /**
     * A new category, at the end of the file.
     *
     * @param string|null $before the category that it is inserted before
     * @param bool $allowDuplicates whether there may be one of that name already
     * @param bool $isTemplate whether it is a template
     * @param list<string> $inherit the templates that it has its settings from
     */
    public static function newCategory(
        string $category,
        ?string $before = null,
        bool $allowDuplicates = false,
        bool $isTemplate = false,
        array $inherit = [],
    ): self {
        $options = array_diff([
            $allowDuplicates ? 'allowdups' : '',
            $isTemplate ? 'template' : '',
            $inherit === [] ? '' : 'inherit="' . implode(',', $inherit) . '"',
        ], ['']);

        return new self('NewCat', $category, match: $before, options: $options === [] ? null : implode(',', $options));
    }

    /** @param string|null $filter only categories whose variables match: `name_regex=value_regex` */
    public static function renameCategory(string $category, string $to, ?string $filter = null): self
    {
        return new self('RenameCat', $category, value: $to, options: self::filter($filter));
    }

    /** @param string|null $filter only categories whose variables match: `name_regex=value_regex` */
    public static function deleteCategory(string $category, ?string $filter = null): self
    {
        return new self('DelCat', $category, options: self::filter($filter));
    }

    /** @param string|null $filter only categories whose variables match: `name_regex=value_regex` */
    public static function emptyCategory(string $category, ?string $filter = null): self
    {
        return new self('EmptyCat', $category, options: self::filter($filter));
    }

    /**
     * Another value for a variable that is there.
     *
     * @param string|null $match only where it has this value
     * @param string|null $filter only categories whose variables match: `name_regex=value_regex`
     */
    public static function update(
        string $category,
        string $variable,
        #[\SensitiveParameter]
        string $value,
        #[\SensitiveParameter]
        ?string $match = null,
        ?string $filter = null,
    ): self {
        return new self('Update', $category, $variable, $value, $match, options: self::filter($filter));
    }

    /**
     * Deletes a variable.
     *
     * @param string|null $match only where it has this value
     * @param string|null $filter only categories whose variables match: `name_regex=value_regex`
     */
    public static function delete(string $category, string $variable, #[\SensitiveParameter] ?string $match = null, ?string $filter = null): self
    {
        return new self('Delete', $category, $variable, match: $match, options: self::filter($filter));
    }

    /**
     * Adds a variable at the end of a category; one that begins with `>` is an object, `name => value`.
     *
     * @param string|null $filter only categories whose variables match: `name_regex=value_regex`
     */
    public static function append(string $category, string $variable, #[\SensitiveParameter] string $value, ?string $filter = null): self
    {
        return new self('Append', $category, $variable, $value, options: self::filter($filter));
    }

    /**
     * Adds a variable before a line of a category.
     *
     * @param int $line counted from 0
     * @param string|null $filter only categories whose variables match: `name_regex=value_regex`
     */
    public static function insert(string $category, string $variable, #[\SensitiveParameter] string $value, int $line, ?string $filter = null): self
    {
        return new self('Insert', $category, $variable, $value, line: $line, options: self::filter($filter));
    }

    /**
     * @internal
     *
     * @param array<array-key, self> $changes
     *
     * @return array<string, string|int>
     */
    public static function headers(array $changes): array
    {
        $headers = [];
        // Asterisk stops at the first number that is missing, and says nothing of the changes behind it.
        foreach (array_values($changes) as $number => $change) {
            $parts = [
                'Action' => $change->action,
                'Cat' => $change->category,
                'Var' => $change->variable,
                'Value' => $change->value->string(),
                'Match' => $change->match->string(),
                'Line' => $change->line,
                'Options' => $change->options,
            ];
            foreach ($parts as $name => $value) {
                if ($value !== null) {
                    $headers[sprintf('%s-%06d', $name, $number)] = $value;
                }
            }
        }

        return $headers;
    }

    private static function filter(?string $filter): ?string
    {
        return $filter === null ? null : "catfilter=\"$filter\"";
    }
}
