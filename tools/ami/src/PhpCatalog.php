<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tools\Ami;

/** What a diagnosis compares the rights of a user with. */
final readonly class PhpCatalog
{
    public function __construct(private Facts $facts) {}

    public function write(Output $output): void
    {
        $classes = array_change_key_case($this->facts->classes);
        ksort($classes, SORT_STRING);
        $permissions = $this->facts->permissions;
        ksort($permissions, SORT_STRING);
        $output->add('php/Diagnosis/Catalog.php', "<?php\n\ndeclare(strict_types=1);\n\nnamespace Apn\\AmiClient\\Diagnosis;\n\n"
            . Text::docblock(['The rights that Asterisk asks for: of events the class, of actions the write permissions.', ActionClasses::MARK], '')
            . "final class Catalog\n{\n"
            . $this->table('EVENT_CLASSES', 'array<string, string> class by the name of an event in lower case', array_map(static fn(string $class): string => var_export($class, true), $classes))
            . "\n"
            . $this->table('PERMISSIONS', 'array<string, list<string>> write permissions by action, of which any one is enough', array_map(
                static fn(array $any): string => $any === [] ? '[]' : "['" . implode("', '", $any) . "']",
                $permissions,
            ))
            . <<<'PHP'

                private function __construct() {}

                /** The class that an event comes in; null where Asterisk documents no event of that name. */
                public static function classOf(string $event): ?string
                {
                    return self::EVENT_CLASSES[strtolower($event)] ?? null;
                }

                /** @return list<string>|null permissions, any one of which an action needs, none where it needs none; null where the action is not known */
                public static function permissionsFor(string $action): ?array
                {
                    return self::PERMISSIONS[self::actionNamed($action) ?? ''] ?? null;
                }

                /** How Asterisk writes the name of an action that was written in another case; null where it is not known. */
                public static function actionNamed(string $name): ?string
                {
                    foreach (self::actions() as $action) {
                        if (strcasecmp($action, $name) === 0) {
                            return $action;
                        }
                    }

                    return null;
                }

                /** @return list<string> */
                public static function actions(): array
                {
                    return array_keys(self::PERMISSIONS);
                }
            }

            PHP);
    }

    /** @param array<string, string> $rows PHP expressions by name */
    private function table(string $name, string $type, array $rows): string
    {
        $lines = '';
        foreach ($rows as $key => $value) {
            $lines .= '        ' . var_export($key, true) . " => $value,\n";
        }

        return "    /** @var $type */\n    private const array $name = [\n$lines    ];\n";
    }
}
