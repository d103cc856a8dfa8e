<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Stubs;

use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/**
 * The stubs say what the extension is: both are described by Reflection, and the descriptions compared.
 *
 * For that a stub is loaded in a namespace beside the real one. Private members are nobody's business and left out.
 */
final class StubsTest extends TestCase
{
    private const string REAL = 'Apn\\AmiClient\\';

    private const string STUBBED = 'Apn\\AmiClient\\Stubbed\\';

    private const string FOLDER = __DIR__ . '/../../../stubs/';

    public static function setUpBeforeClass(): void
    {
        spl_autoload_register(self::load(...));
    }

    public static function tearDownAfterClass(): void
    {
        spl_autoload_unregister(self::load(...));
    }

    public function test_every_class_has_a_stub_and_every_stub_a_class(): void
    {
        self::assertSame(self::names(), self::stubbed());
    }

    /** What `php --re` lists besides classes would have no stub. */
    public function test_the_extension_has_nothing_but_classes(): void
    {
        $extension = new \ReflectionExtension('apn_ami');
        self::assertSame([], $extension->getFunctions());
        self::assertSame([], $extension->getConstants());
        self::assertSame([], $extension->getINIEntries());
    }

    /** Nothing that `php --re` lists is missing from the stubs, whatever this test compares besides. */
    public function test_every_method_that_the_engine_lists_is_in_the_stubs(): void
    {
        $missing = [];
        foreach ((new \ReflectionExtension('apn_ami'))->getClasses() as $class) {
            $stub = self::reflect(self::STUBBED . $class->getShortName());
            foreach ($class->getMethods() as $method) {
                if (!$stub->hasMethod($method->name)) {
                    $missing[] = "$class->name::$method->name";
                }
            }
            foreach ($class->getProperties(\ReflectionProperty::IS_PUBLIC | \ReflectionProperty::IS_PROTECTED) as $property) {
                if (!$stub->hasProperty($property->name)) {
                    $missing[] = "$class->name::\$$property->name";
                }
            }
        }
        self::assertSame([], $missing);
    }

    #[DataProvider('classes')]
    public function test_a_stub_says_what_the_class_is(string $name): void
    {
        self::assertSame(self::describe(self::REAL . $name), self::describe(self::STUBBED . $name));
    }

    #[DataProvider('classes')]
    public function test_a_stub_explains_everything_that_is_public(string $name): void
    {
        $class = self::reflect(self::STUBBED . $name);
        self::assertNotFalse($class->getDocComment(), $name);
        foreach ([...$class->getReflectionConstants(), ...$class->getProperties(), ...$class->getMethods()] as $member) {
            if ($member->isPublic() && $member->getDeclaringClass()->isUserDefined() && !self::isMadeByPhp($member)) {
                self::assertNotFalse($member->getDocComment(), "$name: $member->name");
            }
        }
    }

    /** @return iterable<string, array{string}> */
    public static function classes(): iterable
    {
        foreach (array_intersect(self::names(), self::stubbed()) as $name) {
            yield $name => [$name];
        }
    }

    /** @return list<string> the extension's classes, without their namespace */
    private static function names(): array
    {
        $names = [];
        foreach ((new \ReflectionExtension('apn_ami'))->getClassNames() as $name) {
            $names[] = str_starts_with($name, self::REAL) ? substr($name, strlen(self::REAL)) : $name;
        }
        sort($names);

        return $names;
    }

    /** @return list<string> the classes that stubs are named after */
    private static function stubbed(): array
    {
        $files = glob(self::FOLDER . '*.php');
        $names = array_map(static fn(string $file): string => basename($file, '.php'), $files === false ? [] : $files);
        sort($names);

        return $names;
    }

    private static function load(string $class): void
    {
        $file = self::FOLDER . substr($class, strlen(self::STUBBED)) . '.php';
        if (!str_starts_with($class, self::STUBBED) || !is_file($file)) {
            return;
        }
        $code = str_replace('namespace Apn\\AmiClient;', 'namespace Apn\\AmiClient\\Stubbed;', (string) file_get_contents($file));
        eval(substr($code, strlen('<?php')));
    }

    /** @return \ReflectionClass<object> */
    private static function reflect(string $class): \ReflectionClass
    {
        if (!class_exists($class) && !interface_exists($class)) {
            self::fail("there is no $class");
        }

        return new \ReflectionClass($class);
    }

    /** @return list<string> one line for what the class is, and one for each thing that it declares, sorted */
    private static function describe(string $name): array
    {
        $class = self::reflect($name);
        $lines = [];
        foreach ($class->getReflectionConstants() as $constant) {
            if (!$constant->isPrivate() && $constant->getDeclaringClass()->name === $class->name) {
                $lines[] = self::constant($constant);
            }
        }
        foreach ($class->getProperties() as $property) {
            if (!$property->isPrivate() && $property->getDeclaringClass()->name === $class->name) {
                $lines[] = self::property($property);
            }
        }
        foreach ($class->getMethods() as $method) {
            if ((!$method->isPrivate() || $method->isConstructor()) && $method->getDeclaringClass()->name === $class->name) {
                $lines[] = self::method($method);
            }
        }
        sort($lines);

        return [self::head($class), ...$lines];
    }

    /** @param \ReflectionClass<object> $class */
    private static function head(\ReflectionClass $class): string
    {
        $parent = $class->getParentClass();
        $interfaces = $class->getInterfaceNames();
        sort($interfaces);
        $kind = $class->isInterface() ? 'interface' : 'class';
        if (enum_exists($class->name)) {
            $kind = 'enum of ' . self::type((new \ReflectionEnum($class->name))->getBackingType());
        }

        return ($class->isFinal() ? 'final ' : '')
            . ($class->isAbstract() && !$class->isInterface() ? 'abstract ' : '')
            . ($class->isReadOnly() ? 'readonly ' : '')
            . "$kind " . self::real($class->name)
            . ($parent === false ? '' : ' extends ' . self::real($parent->name))
            . ($interfaces === [] ? '' : ' implements ' . self::real(implode(', ', $interfaces)));
    }

    private static function constant(\ReflectionClassConstant $constant): string
    {
        $value = $constant->getValue();
        if ($constant->isEnumCase()) {
            return "case $constant->name = " . var_export($value instanceof \BackedEnum ? $value->value : null, true);
        }

        return self::modifiers($constant) . " const $constant->name = " . var_export($value, true);
    }

    private static function property(\ReflectionProperty $property): string
    {
        $default = $property->hasDefaultValue() ? ' = ' . var_export($property->getDefaultValue(), true) : '';

        return self::modifiers($property) . ' ' . self::type($property->getType()) . " \$$property->name$default";
    }

    private static function method(\ReflectionMethod $method): string
    {
        $parameters = implode(', ', array_map(self::parameter(...), $method->getParameters()));
        $returns = $method->hasTentativeReturnType() ? $method->getTentativeReturnType() : $method->getReturnType();
        // What a constructor that nobody can call takes is nobody's business either.
        $parameters = $method->isPrivate() ? '...' : $parameters;

        return self::modifiers($method) . " function $method->name($parameters)" . ($returns === null ? '' : ': ' . self::type($returns, $method));
    }

    private static function parameter(\ReflectionParameter $parameter): string
    {
        $attributes = array_map(static fn(\ReflectionAttribute $attribute): string => "#[{$attribute->getName()}] ", $parameter->getAttributes());
        $default = $parameter->isDefaultValueAvailable() ? ' = ' . json_encode($parameter->getDefaultValue()) : '';
        $marks = ($parameter->isPassedByReference() ? '&' : '') . ($parameter->isVariadic() ? '...' : '');
        $function = $parameter->getDeclaringFunction();
        $type = self::type($parameter->getType(), $function instanceof \ReflectionMethod ? $function : null);

        return implode('', $attributes) . "$type $marks\$$parameter->name$default";
    }

    private static function type(?\ReflectionType $type, ?\ReflectionMethod $within = null): string
    {
        if ($type instanceof \ReflectionUnionType || $type instanceof \ReflectionIntersectionType) {
            $names = array_map(static fn(\ReflectionType $part): string => self::type($part, $within), $type->getTypes());
            sort($names);

            return implode($type instanceof \ReflectionUnionType ? '|' : '&', $names);
        }
        $name = (string) $type;
        if ($within !== null && ltrim($name, '?') === 'self') {
            $name = str_replace('self', $within->class, $name);
        }

        return self::real($name);
    }

    private static function modifiers(\ReflectionProperty|\ReflectionMethod|\ReflectionClassConstant $member): string
    {
        return implode(' ', \Reflection::getModifierNames($member->getModifiers()));
    }

    /** A name, or some, as the extension has them. */
    private static function real(string $names): string
    {
        return str_replace(self::STUBBED, self::REAL, $names);
    }

    private static function isMadeByPhp(\ReflectionProperty|\ReflectionMethod|\ReflectionClassConstant $member): bool
    {
        return $member->getDeclaringClass()->isEnum() && !$member instanceof \ReflectionClassConstant;
    }
}
